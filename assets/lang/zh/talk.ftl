# talk

## What became of a line

story-written = 写好
story-no-answer-in = { $peer } 在 { $ms } 毫秒内没有应答
story-no-answer = { $peer } 没有应答
story-waiting = 服务器也没有应答，消息留在本机等待
story-stored = 已交给服务器
story-kept = 服务器会保管到 { $peer } 回来
story-direct = 已直接送达 { $peer }
story-through = 服务器已转交给 { $peer }
story-theirs-written = { $peer } 写下（按对方的时钟）
story-theirs-direct = 直接从 { $peer } 收到
story-theirs-through = 通过服务器收到
