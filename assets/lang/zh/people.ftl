# 联系人列表、标签页、键盘跳转、快捷键和搜索。

## 自己

people-signed-in = 已登录 { $server }
people-looking = 正在寻找 { $server }
people-own-port = 服务器是 { $server }，本机端口是 { $port }。
people-sign-out = 退出登录

## 列表

people-back = { $unread ->
    [0] 对话
   *[other] 对话（{ $unread }）
}
people-show = 联系人
people-title = { $online ->
    [0] 联系人
   *[other] 联系人 · { $online } 人在线
}
people-title-last-seen = 联系人 · 上次所见
people-filter = 筛选联系人
people-nobody = 这里还没有其他人。
people-nobody-join-at = 这里还没有其他人。其他人可以从 { $address } 加入。
people-nobody-called = 没有人叫“{ $text }”。按 Esc 重新显示所有人。
people-more = 还有 { $count } 人，离线
people-fewer = 收起
people-search-for = 在消息中搜索“{ $text }”
people-none-joined = 有人加入后，会出现在联系人列表里。
people-choose = 从列表中选一个人开始聊天。

people-row = { $unread ->
    [0] { $name }，{ $presence }
   *[other] { $name }，{ $presence }，{ $unread } 条未读
}
people-online = 在线
people-offline = 离线
people-unknown = 在线状态未知

people-you = （你）
people-line-own = 你：{ $text }
people-line-failed = 未发送：{ $text }
people-line-draft = 草稿：{ $text }

people-menu-open = 打开
people-menu-close = 关闭标签页
people-menu-read = 标为已读
people-menu-copy = 复制昵称

people-weekday = { $short-weekday }
people-date = { $short-month }{ $day }日
people-date-year = { $year }年{ $short-month }{ $day }日

people-writing = 正在输入…

## 标签页

people-tab = { $unread ->
    [0] 标签页 { $name }
   *[other] 标签页 { $name }，{ $unread } 条未读
}
people-tab-close = 关闭标签页 { $name }
people-tabs = 所有标签页

## 跳转

people-jump = 跳转到
people-jump-hint = 昵称，或想做的事
people-jump-none = 没有找到这样的人或操作。
people-jump-host = 房主页面

## 快捷键

people-keys = 键盘快捷键
people-keys-shut = 关闭
people-keys-jump = 跳转到任何人
people-keys-filter = 筛选联系人
people-keys-find = 在此对话中搜索
people-keys-find-everywhere = 在所有消息中搜索
people-keys-next = 下一个标签页
people-keys-previous = 上一个标签页
people-keys-number = 按位置选标签页
people-keys-move-left = 向左移动标签页
people-keys-move-right = 向右移动标签页
people-keys-close = 关闭标签页
people-keys-reopen = 重新打开关闭的标签页
people-keys-help = 键盘快捷键
people-keys-send = 发送消息
people-keys-break = 在消息中换行
people-keys-recall = 在空输入框中找回上一条消息
people-keys-emoji = 选择表情
people-keys-menu = 联系人或消息的菜单
people-keys-settings = 设置
people-keys-larger = 放大文字
people-keys-smaller = 缩小文字
people-keys-size = 默认文字大小
people-keys-escape = 关闭打开的内容，离开输入框

## 搜索

people-find = 在此对话中搜索
people-find-close = 关闭搜索
people-find-older = 较早的消息
people-find-newer = 较新的消息
people-find-at = 第 { $at } 条，共 { $count } 条
people-find-at-more = 第 { $at } 条，共 { $count }+ 条
people-find-count = { $count } 条消息
people-find-none = 没有找到
people-find-reading = 正在搜索…
people-find-failed = 暂时无法读取消息，请稍后再试。
people-search = 搜索
people-search-back = 返回
people-search-field = 在所有消息中搜索
people-search-hint = 输入一个词，在这里说过的所有内容中查找。
people-search-none = 没有找到“{ $text }”。请减少关键词或换一个词。
people-search-more = 超过 { $count } 条消息。再加一个词可以缩小范围。
people-search-row = { $name }，{ $time }：{ $text }
