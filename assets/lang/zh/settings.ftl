# The page with all settings.

settings-title = 设置
settings-back = 返回

settings-appearance = 外观
settings-language = 语言
settings-as-system = 跟随系统
settings-colours = 配色
settings-light = 浅色
settings-dark = 深色
settings-contrast = 高对比度
settings-motion = 减少动画
settings-on = 开
settings-off = 关
settings-size = 文字大小
settings-percent = { $percent }%
settings-smaller = 缩小
settings-larger = 放大
settings-usual-size = 默认大小
settings-size-keys = 随时可用：Ctrl + 和 Ctrl − 缩放，Ctrl 0 恢复默认大小。
settings-option = { $setting }：{ $choice }

settings-notifications = 通知
settings-notify = 有新消息时通知我
settings-notify-text = 在通知中显示消息内容
settings-quiet = 勿扰
settings-quiet-hint = 不弹出通知，也不发出声音。新消息仍会计数。
settings-sounds = 播放提示音

settings-privacy = 隐私
settings-typing = 让别人知道我正在输入
settings-typing-hint = 关闭后，你也看不到别人正在输入。
settings-read = 让别人知道我已读
settings-read-hint = 关闭后，你也看不到别人是否已读。

settings-start = 启动与关闭
settings-host-at-start = 启动 Super Chatter 时在本机开启服务器
settings-keep-hosting = 关闭窗口后在托盘中继续运行服务器
settings-no-tray = 当前桌面没有托盘，关闭窗口会停止服务器。

settings-about = 关于
settings-folder = 所有数据都保存在本机的这个文件夹中：
settings-copy-folder = 复制文件夹路径
settings-fault = 遇到问题了吗？
settings-copy-diagnosis = 复制诊断信息
settings-copy-log = 复制日志
settings-fault-hint = 用于报告故障。其中不含任何人写的内容，但有电脑的地址，以及可能带有你账户名的文件夹路径。
settings-copied = 已复制
settings-version = Super Chatter { $version }
settings-licence = 自由软件：可任选 MIT 或 Apache 2.0 许可证使用。
