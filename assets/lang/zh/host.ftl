# 本机服务器：侧栏中的方框及其页面。

## The box at the side

host-box = 开启服务器
host-box-starting = 正在启动…
host-box-stopping = 正在向大家告别…
host-box-importing = 正在导入留言…
host-box-join = 其他人可通过以下地址加入
host-box-nobody = 还没有人登录。
host-box-people = 已有 { $count } 人登录。
host-box-open = 打开服务器页面

## The page

host-title = 你的服务器
host-to-people = 联系人
host-close = 返回
host-overview = 概览
host-people-count = 成员（{ $online } 人在线）
host-log = 日志

## Its state

host-state-off = 服务器未开启。开启后，同一网络中的其他人就可以登录。
host-state-starting = 正在启动…
host-state-stopping = 正在向大家告别…
host-state-on = 自 { $since } 起运行。已知 { $known } 人，其中 { $online } 人在线。{ $mail ->
    [0] 没有待取的留言。
   *[other] { $mail } 条留言待取。
}
host-port = 端口
host-start = 开启服务器
host-stop = 停止服务器
host-name = 服务器名称
host-name-hint = 例如：204 教室
host-folder = 留言暂存文件夹
host-folder-choose = 选择…
host-folder-title = 选择服务器暂存留言的文件夹
host-folder-usual = 使用默认文件夹
host-folder-absolute = 请输入文件夹的完整路径。
host-folder-hint = 服务器关闭后，成员名单和留言也会保留在这里。
host-folder-later = 更换的文件夹在服务器下次启动时生效，当前文件夹中的留言会留在原处。

## What is asked first

host-ask-stop = 停止服务器？
host-ask-stop-others = { $people ->
    [0] 已没有其他人在使用你的服务器。
   *[other] 还有 { $people } 人正在使用你的服务器，停止后他们将失去连接。
}
host-ask-stop-keep = 继续运行
host-ask-leave = 改在本机开启服务器？
host-ask-leave-place = 你已登录 { $place }。在本机开启服务器后，你会改为登录本机。其他人不会自动转移，需要自己加入。
host-ask-leave-stay = 留在原处

## Mail of a classic server

host-state-importing = 正在导入留言。服务器马上开启，之前登录的人会自动重新登录。
host-import = 导入经典程序的留言…
host-import-hint = 经典服务器为每个人保存一个留言文件。导入后，用同一昵称在此登录的人就会收到。已导入的文件会被改名，不会重复导入。
host-import-folder = 经典留言所在文件夹
host-import-choose = 选择文件夹…
host-import-on = 服务器会为此短暂停止并重新启动，大家会自动重新登录。
host-import-off = 服务器未开启：导入时会将其开启，之后其他人就可以登录。
host-import-start = 导入
host-import-and-start = 开启服务器并导入

## Where others reach it

host-join = 其他人可通过以下地址加入
host-join-how = 把其中一个地址告诉对方，填入“服务器”一栏即可。
host-join-nowhere = 本机没有连接任何网络，其他人暂时无法加入。
host-copy = 复制
host-copy-address = 复制 { $address }
host-code = { $address } 的二维码

## What is said to everybody

host-announce = 向所有在线成员发布公告
host-announce-hint = 例如：服务器将于六点关闭
host-announce-send = 发布
host-announce-left = 还可输入 { $left } 个字。
host-announce-over = 超出 { $over } 个字，请缩短。
host-announced = 上一条公告已有 { $confirmed }/{ $told } 人收到。
host-announced-classic = 另已发给 { $classic } 位使用经典程序的成员，无法确认对方是否收到。
host-not-announced = 待发公告太多，请稍后再试。

## What it counts

host-counts = 流量
host-datagrams = 数据报：收到 { $received } 个，发出 { $sent } 个，丢弃 { $dropped } 个。
host-mail = 留言：暂存 { $stored } 段，送达 { $handed } 段，过期 { $expired } 段。
host-plot = 截至 { $time } 的两分钟：每秒最多收到 { $received } 个数据报，发出 { $sent } 个，暂存 { $mail } 段留言。
host-legend-in = 收到
host-legend-out = 发出
host-legend-mail = 暂存留言
host-legend-scale = 每秒最多 { $most } 个，截至 { $time } 的两分钟

## People

host-filter = 筛选
host-sort = 排序
host-nobody = 没有符合条件的成员。
host-column-name = 昵称
host-column-address = 地址
host-column-round-trip = 往返时间
host-column-since = 登录时间
host-column-mail = 留言
host-online = 在线
host-away = 离线
host-ms = { $ms } 毫秒
host-classic = 经典程序
host-unknown = –
host-since = { $time } 登录
host-last = 上次 { $time }
host-no-mail = 无留言
host-mail-waits = { $messages } 条（{ $kilobytes } KB）
host-copy-their-address = 复制地址
host-remove = 移出 { $name }
host-remove-hint = 让对方退出登录。对方可以重新登录，留言会保留。
host-block-address = 屏蔽 { $address }
host-block-hint = 让该地址的所有人退出登录，解除屏蔽前无法再登录。
host-blocked = 已屏蔽的地址（{ $count }）
host-block-label = 要屏蔽的地址
host-block = 屏蔽
host-unblock = 解除屏蔽
host-unblock-address = 解除屏蔽 { $address }
host-not-blocked = 未能屏蔽 { $address }：这是本机地址，或者屏蔽的地址已达上限。

## Log

host-kind-all = 全部
host-kind-people = 成员
host-kind-mail = 留言
host-kind-host = 我的操作
host-log-empty = 还没有任何记录。
host-log-missed = 另有 { $count } 条较早或来得太快的记录未列出。
host-log-joined = { $name } 从 { $address } 加入
host-log-moved = { $name } 现在位于 { $address }
host-log-signed-out = { $name } 退出了登录
host-log-lost = { $name } 不再响应
host-log-replaced = { $name } 离开：同一地址以另一个昵称登录
host-log-removed = 你移出了 { $name }
host-log-name-refused = { $address } 想使用昵称 { $name }，但其主人在线
host-log-turned-away = 拒绝了 { $address } 的 { $name }：服务器或磁盘已满
host-log-blocked = 已屏蔽 { $address }
host-log-unblocked = 已解除屏蔽 { $address }
host-log-stored = 暂存了 { $sender } 给 { $recipient } 的 { $parts } 段留言
host-log-handed-over = { $sender } 的 { $parts } 段留言已送达 { $recipient }
host-log-expired = { $sender } 给 { $recipient } 的 { $parts } 段留言已满 30 天，已过期
host-log-full = 没有空间暂存 { $sender } 给 { $recipient } 的留言
host-log-announced = 公告正在发给 { $people } 人
