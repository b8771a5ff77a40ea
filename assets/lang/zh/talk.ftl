# talk

## The lines of a conversation

talk-lines = 与 { $peer } 的对话
talk-line-own = 你，{ $time }，{ $state }：{ $text }
talk-line-theirs = { $name }，{ $time }：{ $text }
talk-you = 你
talk-new = { $n } 条新消息
talk-newest = 最新消息
talk-newest-unread = 最新消息，{ $n } 条未读
talk-time-written = { $time } · 写于 { $other }
talk-time-came = { $time } · { $other } 收到
talk-unfold = 显示全部
talk-unfold-lines = 显示全部 { $n } 行
talk-fold = 收起
talk-link-to = 打开 { $host }
talk-link-foreign = 打开 { $host }（含非拉丁字母）
talk-retry = 重试
talk-edit = 编辑
talk-copy = 复制
talk-menu = 消息菜单
talk-copy-selected = 复制所选文字
talk-copy-message = 复制消息
talk-copy-link = 复制链接
talk-open-link = 打开链接
talk-details = 查看详情
talk-delete = 仅为我删除…
talk-delete-title = 要删除这条消息吗？
talk-delete-said = 它会从本机永久删除，{ $peer } 那边仍会保留。
talk-delete-delete = 删除
talk-delete-keep = 保留
talk-now = 现在

## What became of a line

story-written = 已写
story-away = { $peer } 当时不在线
story-no-answer-in = { $peer } 在 { $ms } 毫秒内没有响应
story-no-answer = { $peer } 没有响应
story-waiting = 服务器也没有接收，消息留在本机，稍后再试
story-stored = 已交给服务器
story-kept = 服务器会暂存到 { $peer } 回来
story-direct = 已直接送达 { $peer }
story-through = 服务器已转交给 { $peer }
story-theirs-written = { $peer } 写下（按对方的时钟）
story-theirs-direct = 直接从 { $peer } 收到
story-theirs-through = 通过服务器收到

# composer

talk-hint = 写给 { $peer }
talk-label = 给 { $peer } 的消息
talk-typing = { $peer } 正在输入…
talk-left = 还可输入 { $characters } 个字符
talk-over = 超出 { $characters } 个字符
talk-send = 发送
talk-send-keys = 发送（Enter）
talk-send-empty = 请先输入内容。
talk-send-long = 内容太长，一条消息放不下。
talk-send-unknown = 服务器不认识 { $peer }。请等对方加入后再发。
talk-send-parts = 分 { $messages } 条发送
talk-paste-title = 要粘贴 { $characters } 个字符（{ $lines } 行）吗？
talk-paste-long = 内容超过一条消息的长度。
talk-paste-too-much = 内容太多，无法作为消息发送。请只发送其中一部分。
talk-paste-paste = 粘贴
talk-paste-cut = 只粘贴放得下的部分
talk-emoji = 表情（Ctrl+E）
talk-emoji-search = 搜索表情（英文名称）
talk-emoji-none = 没有找到这样的表情。
talk-emoji-recent = 最近使用
talk-emoji-smileys = 笑脸与情感
talk-emoji-people = 人物与手势
talk-emoji-nature = 动物与自然
talk-emoji-food = 食物与饮料
talk-emoji-travel = 旅行与地点
talk-emoji-activities = 活动
talk-emoji-objects = 物品
talk-emoji-symbols = 符号
talk-emoji-flags = 旗帜

talk-more = 与 { $peer } 的对话：更多操作
talk-more-search = 在此对话中搜索
talk-more-read = 标为已读
talk-more-export = 保存为文件…
talk-more-close = 关闭标签页
talk-more-close-others = 关闭其他标签页
talk-export-title = 保存与 { $peer } 的对话
talk-export-heading = 与 { $peer } 的对话
talk-export-text = 纯文本
talk-export-html = 网页
talk-export-json = JSON
talk-export-place = 文件
talk-export-browse = 选择…
talk-export-save = 保存
talk-export-writing = 正在保存…
talk-export-no-path = 请输入文件的保存位置。
talk-export-taken = 已有同名文件。再次点击“保存”将替换它，也可以换一个名称。
talk-export-failed = 无法保存对话（{ $why }）。请换一个位置再试。
talk-export-done = { $messages ->
   *[other] 已将 { $number } 条消息保存到 { $path }。
}
talk-export-folder = 打开文件夹
talk-export-copy = 复制路径
talk-export-dismiss = 知道了
talk-export-trying = 尚未发送
talk-export-waiting = 等待中
talk-export-stored = 由服务器暂存
talk-export-delivered = 已送达
talk-export-undelivered = 未送达
