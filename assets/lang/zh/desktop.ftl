# desktop: notifications, the tray, closing the window

desktop-note-count = { $lines } 条新消息
desktop-note-title = { $peer } · { $count }
desktop-note-open = 打开

desktop-tray-open = 打开 Super Chatter
desktop-tray-people = { $people ->
    [0] 服务器运行中：没有人在线
   *[other] 服务器运行中：{ $people } 人在线
}
desktop-tray-quiet = 未开设服务器
desktop-tray-disturb = 勿扰
desktop-tray-quit = 退出
desktop-tray-quit-hosting = 停止服务器并退出

desktop-close-title = 关闭 Super Chatter？
desktop-close-people = 有 { $people } 人正在使用你的服务器。关闭 Super Chatter 后，他们将失去连接。
desktop-close-lines = 有 { $lines } 条消息还只在这台电脑上。下次打开 Super Chatter 时会发送。
desktop-close-keep = 在托盘中继续运行服务器
desktop-close-always = 以后总是继续运行，不再询问
desktop-close-stop = 停止并关闭
desktop-close-anyway = 仍然关闭
desktop-close-stay = 留下
desktop-close-cancel = 取消
