# desktop: notifications, the tray, closing the window

desk-note-count = { $lines } 条新消息
desk-note-title = { $peer } · { $count }
desk-note-open = 打开

desk-tray-open = 打开 Super Chatter
desk-tray-people = { $people ->
    [0] 服务器运行中：没有人在线
   *[other] 服务器运行中：{ $people } 人在线
}
desk-tray-quiet = 未开启服务器
desk-tray-disturb = 勿扰
desk-tray-quit = 退出
desk-tray-quit-hosting = 停止服务器并退出

desk-close-title = 关闭 Super Chatter？
desk-close-people = 有 { $people } 人正在使用你的服务器。关闭 Super Chatter 后，他们将失去连接。
desk-close-lines = 有 { $lines } 条消息还只在本机上。下次打开 Super Chatter 时会发送。
desk-close-keep = 在托盘中继续运行服务器
desk-close-always = 以后总是继续运行，不再询问
desk-close-importing = 正在导入经典程序的留言。尚未导入的仍在原文件夹中，可以再次导入。
desk-close-saving = 正在把对话保存为文件，关闭后不会写出。
desk-close-stop = 停止并关闭
desk-close-anyway = 仍然关闭
desk-close-stay = 留下
