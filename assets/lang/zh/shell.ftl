# The first page, the form to sign in with, the bars.

shell-subtitle = 与同一网络中的人聊天。
shell-nickname = 昵称
shell-server = 服务器
shell-server-example = 例如 192.168.1.20
shell-join = 加入
shell-join-server = 加入 { $server }
shell-join-own = 加入自己的服务器
shell-elsewhere = 其他服务器…
shell-host-here = 在本机开启
shell-signing-in = 正在登录…
shell-signing-in-again = 正在登录…（第 { $attempt } 次）
shell-cancel = 取消
shell-try-now = 立即重试
shell-sign-in-at-start = 启动 Super Chatter 时自动登录
shell-advanced = 高级
shell-port = 端口
shell-port-hint = 服务器地址中没有写端口时使用。
shell-own-port = 本机端口
shell-own-port-hint = 其他人通过它联系你。0 表示任意空闲端口。
shell-host-port = 服务器端口
shell-host-port-hint = 其他人通过它加入你开启的服务器。
shell-settings = 设置

shell-asking = 正在询问服务器…
shell-asking-again = 正在询问服务器…（第 { $attempt } 次）
shell-lost-silent = 连接已断开：服务器没有响应。
shell-lost-down = 连接已断开：服务器已停止。
shell-sign-in-again = 重新登录
shell-host-again = 再次开启
shell-host-instead = 改由本机开启
shell-host-instead-hint = 在本机开启服务器并登录。其他人不会自动转移，需要自己加入。
shell-host-where = 去修改
shell-dismiss = 知道了
shell-next-notice = 下一条
shell-more-notices = 之后还有 { $count } 条通知。

shell-good-bye = 正在告别…
shell-no-window = 无法打开窗口：{ $why }。
