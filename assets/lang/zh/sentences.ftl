# 程序在出现问题或处理过程中所说的话：每句都说明该怎么做。

## At the fields of the form

problem-no-server = 请输入服务器地址，例如 192.168.1.20，或在本机开启服务器。
problem-port = 请输入 1024 到 65535 之间的端口。
problem-own-port = 请输入 1024 到 65535 之间的端口，或输入 0 使用任意空闲端口。
problem-nickname-before-hosting = 请先选择昵称，然后再试。
problem-nickname-empty = 请输入昵称。
problem-nickname-long = 昵称太长，最多 32 个字符。
problem-nickname-space = 昵称中不能有空格，例如可写作 amy_rose。
problem-nickname-character = 昵称中不能有引号和特殊字符。
problem-name-taken = 已经有人叫 { $name } 了。请换一个昵称。
problem-name-taken-other = 已经有人叫 { $name } 了。可以用 { $other } 加入，或换一个昵称。
problem-refused = 该服务器不接受你加入，可能已满员。请加入其他服务器，或在本机开启。
problem-silent = { $server } 没有响应。请检查地址和端口，并确认服务器正在运行。{ $seconds } 秒后重试。
problem-unknown-host = 找不到名为“{ $host }”的电脑。请检查拼写，或输入它的地址，例如 192.168.1.20。
problem-client-port-taken = 端口 { $port } 已被其他程序占用。请换一个本机端口，或输入 0 使用任意空闲端口。
problem-server-port-taken = 端口 { $port } 已被其他程序占用。请换一个端口，例如 { $other }。
problem-profile-in-use = Super Chatter 已经打开，使用的是同一份消息。请使用那个窗口，或关闭它后在这里登录。如需同时运行两个，请用另一个 --data-dir 启动。
problem-store-in-use = 本机另一个 Super Chatter 正在用这个文件夹开启服务器。请关闭它，或选择另一个文件夹。
problem-server-ended = 本机的服务器自行停止了。请重新开启它。
problem-not-our-address = { $address } 不是本机的地址。请用另一个地址启动程序。
problem-network = 无法使用网络（{ $why }）。请检查本机是否已联网，然后重试。
problem-store = 无法在本机保存消息（{ $why }）。请检查磁盘是否已满、是否可写，然后重试。

## Over the conversation

notice-busy = 本机现在太忙。请稍后再试。
notice-ended = 程序的网络部分已停止。请重新登录。
notice-signed-out = 你已退出登录。
notice-stopped-hosting = 你已停止服务器。
notice-lost-silent = 服务器没有响应，{ $seconds } 秒后重试。
notice-lost-down = 服务器已停止，{ $seconds } 秒后重试。
notice-asked-silent = 服务器没有响应，正在重试…
notice-asked-down = 服务器已停止，正在重试…
notice-mailbox-full = { $peer } 的信箱已满。你写的消息会留在本机，并自动重试。
notice-aside = 本机保存的数据无法使用（{ $why }），Super Chatter 将重新开始。没有删除任何东西：原来的文件现在是 { $path }。
notice-settings-aside = 无法读取你的设置（{ $why }），现在使用默认设置。旧设置保存在 { $path }。
notice-not-saved = 无法保存你的设置（{ $why }）。关闭 Super Chatter 前它们仍然有效。
notice-not-read = 现在无法读取更早的消息（{ $why }）。请稍后再试。
notice-both = { $first }{ $second }
notice-hosting-instead = 你已开启服务器。其他人仍在等待原来的服务器：请让他们加入 { $address }。
notice-hosting-left = 你已开启服务器，并离开了 { $place }。想一起过来的人请加入 { $address }。
notice-new-address = 本机的地址变了。其他人现在通过 { $address } 加入。
notice-clock-ahead = 你的时钟比 { $peer } 的快约 { $by }。请检查本机的日期和时间。
notice-clock-behind = 你的时钟比 { $peer } 的慢约 { $by }。请检查本机的日期和时间。
notice-minutes = { $minutes } 分钟
notice-hours = { $hours } 小时
notice-said = 服务器提示：{ $text }
problem-other = { $text }
notice-imported = 已从 { $files } 个文件导入 { $messages } 条留言。
notice-imported-nothing = 没有导入留言：该文件夹中没有尚未导入的经典留言文件。
notice-import-left = { $files ->
    [1] 有 1 个文件未能导入，保持原样：{ $why }。
   *[other] 有 { $files } 个文件未能导入，保持原样，例如 { $why }。
}
notice-import-failed = 部分留言未能导入（{ $why }）。已导入的留言会保留。
notice-removed = 房主已将你移出。你可以重新登录。
notice-announced = 服务器公告：{ $text }

## How far a line has come

delivery-trying = 发送中…
delivery-handing-over = 没有响应，正在转交服务器…
delivery-waiting = 留在本机，等待 { $peer } 或服务器接收
delivery-stored = 由服务器暂存
delivery-direct = 已送达
delivery-through = 已通过服务器送达
delivery-read = 已读

## Why a line was not sent

failed-unknown = 未发送：服务器不认识 { $peer }。请等对方加入后重试。
failed-long = 未发送：消息太长。请分段发送。
failed-long-classic = 未发送：{ $peer } 的程序只能接收较短的消息。请分段发送。
failed-expired = 未送达：{ $peer } 30 天没有出现，服务器不再暂存。请等对方加入后重试。
failed-disk = 未发送：本机磁盘已满。请清出空间后重试。
failed-many = 未发送：等待发给 { $peer } 的消息太多。请稍后重试。

refused-unknown = 消息未发送：服务器不认识 { $peer }。请等对方加入后再发。
refused-long = 发给 { $peer } 的消息太长，未发送。请分段发送。
refused-long-classic = 消息未发送：{ $peer } 的程序只能接收较短的消息。请分段发送。
refused-disk = 发给 { $peer } 的消息未发送：本机磁盘已满。请清出空间后再发。
refused-many = 消息未发送：等待发给 { $peer } 的消息太多。请稍后再发。

too-long = 消息太长，请删去 { $over } 个字符，或分段发送。
too-long-classic = { $peer } 的程序只能接收较短的消息，请删去 { $over } 个字符，或分段发送。

## 文件或网络的问题，嵌在其他句子中

fault-at = { $path }：{ $why }
fault-code = { $why }，错误代码 { $code }
fault-full = 没有可用空间
fault-denied = 没有访问权限
fault-missing = 找不到该文件或文件夹
fault-read-only = 只能读取，不能写入
fault-in-use = 正被其他程序使用
fault-exists = 已经存在
fault-own = 这里存放着 Super Chatter 自己的数据
fault-folder = 这是一个文件夹
fault-damaged = 内容已损坏
fault-foreign = 属于其他程序
fault-newer = 由更新版本的 Super Chatter 写入
fault-taken = 已导入，但无法改名；下次导入前请将它移走
fault-busy = 同时进行的操作太多
fault-unconnected = 本机没有连接网络
fault-other = 系统拒绝了操作
fault-mail-name = 文件名不是昵称
fault-mail-file = 不是普通文件
fault-mail-long = 超过 64 MB
fault-mail-line = 第 { $line } 行不是留言

## Times

day-today = 今天
day-yesterday = 昨天
day-date = { $month }{ $day }日 { $weekday }
day-date-year = { $year }年{ $month }{ $day }日 { $weekday }
# In lists the first three characters of these stand for them.
day-monday = 星期一
day-tuesday = 星期二
day-wednesday = 星期三
day-thursday = 星期四
day-friday = 星期五
day-saturday = 星期六
day-sunday = 星期日
day-january = 1月
day-february = 2月
day-march = 3月
day-april = 4月
day-may = 5月
day-june = 6月
day-july = 7月
day-august = 8月
day-september = 9月
day-october = 10月
day-november = 11月
day-december = 12月
