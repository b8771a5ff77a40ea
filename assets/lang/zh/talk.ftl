# talk

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
talk-paste-cancel = 取消
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

talk-menu = 与 { $peer } 的对话：更多操作
talk-menu-export = 保存为文件…
talk-menu-close = 关闭标签页
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
talk-export-stored = 由服务器保管
talk-export-delivered = 已送达
talk-export-undelivered = 未送达
