# 联系人列表、标签页、键盘跳转、快捷键和搜索。

## 自己

people-signed-in = 已登录 { $server }
people-looking = 正在寻找 { $server }
people-own-port = 本机端口是 { $port }。
people-sign-out = 退出登录

## 列表

people-back = { $unread ->
    [0] 会话
   *[other] 会话（{ $unread }）
}
people-show = 联系人
people-title = { $online ->
    [0] 联系人
   *[other] 联系人 · { $online } 人在线
}
people-title-last-seen = 联系人 · 上次所见
people-filter = 筛选联系人
people-filter-clear = 显示所有人
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
people-unknown = 不知是否在线

people-you = （你）
people-line-own = 你：{ $text }
people-line-failed = 未发送：{ $text }
people-line-draft = 草稿：{ $text }

people-menu-open = 打开
people-menu-close = 关闭标签页
people-menu-read = 标为已读
people-menu-copy = 复制名字

people-weekday = 周%a
people-date = %-m月%-d日
people-date-year = %Y/%-m/%-d
