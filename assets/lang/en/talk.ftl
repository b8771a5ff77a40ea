# talk

## The lines of a conversation

talk-lines = Conversation with { $peer }
talk-line-own = you, { $time }, { $state }: { $text }
talk-line-theirs = { $name }, { $time }: { $text }
talk-you = you
talk-new = { $n ->
    [one] 1 new message
   *[other] { $n } new messages
}
talk-newest = Newest message
talk-newest-unread = { $n ->
    [one] Newest message, 1 unread
   *[other] Newest message, { $n } unread
}
talk-time-written = { $time } · written { $other }
talk-time-came = { $time } · came { $other }
talk-unfold = Show all
talk-unfold-lines = Show all { $n } lines
talk-fold = Show less
talk-link-to = Opens { $host }
talk-link-foreign = Opens { $host } (not only Latin letters)
talk-retry = Retry
talk-edit = Edit
talk-copy = Copy
talk-menu = Menu of the message
talk-copy-selected = Copy selected text
talk-copy-message = Copy message
talk-copy-link = Copy link
talk-open-link = Open link
talk-details = Show details
talk-delete = Delete for me…
talk-delete-title = Delete this message?
talk-delete-said = It goes from this computer for good. { $peer } keeps theirs.
talk-delete-delete = Delete
talk-delete-keep = Keep it
talk-now = now

## What became of a line

story-written = written
story-away = { $peer } was not there
story-no-answer-in = no answer from { $peer } in { $ms } ms
story-no-answer = no answer from { $peer }
story-waiting = the server did not take it either; it waits here and is tried again
story-stored = given to the server
story-kept = the server keeps it until { $peer } is back
story-direct = delivered straight to { $peer }
story-through = handed over to { $peer } by the server
story-theirs-written = written by { $peer }, by their clock
story-theirs-direct = arrived straight from { $peer }
story-theirs-through = arrived through the server

# composer

talk-hint = Write to { $peer }
talk-label = Message to { $peer }
talk-typing = { $peer } is writing…
talk-left = { $characters ->
    [one] 1 character left
   *[other] { $characters } characters left
}
talk-over = { $characters ->
    [one] 1 character too many
   *[other] { $characters } characters too many
}
talk-send = Send
talk-send-keys = Send (Enter)
talk-send-empty = Write something first.
talk-send-long = This is too long for one message.
talk-send-unknown = The server knows nobody called { $peer }. Send it when they are here.
talk-send-parts = { $messages ->
    [one] Send as 1 message
   *[other] Send as { $messages } messages
}
talk-paste-title = { $lines ->
    [one] Paste { $characters } characters?
   *[other] Paste { $characters } characters ({ $lines } lines)?
}
talk-paste-long = It is longer than one message can be.
talk-paste-too-much = It is too much to send as messages. Send a part of it.
talk-paste-paste = Paste
talk-paste-cut = Paste what fits
talk-emoji = Emoji (Ctrl+E)
talk-emoji-search = Search emoji
talk-emoji-none = No emoji of that name.
talk-emoji-recent = Used last
talk-emoji-smileys = Smileys and feelings
talk-emoji-people = People and gestures
talk-emoji-nature = Animals and nature
talk-emoji-food = Food and drink
talk-emoji-travel = Travel and places
talk-emoji-activities = Activities
talk-emoji-objects = Objects
talk-emoji-symbols = Symbols
talk-emoji-flags = Flags

talk-more = More about the conversation with { $peer }
talk-more-search = Search in this conversation
talk-more-read = Mark as read
talk-more-export = Save as a file…
talk-more-close = Close tab
talk-more-close-others = Close other tabs
talk-export-title = Save the conversation with { $peer }
talk-export-heading = Conversation with { $peer }
talk-export-text = Plain text
talk-export-html = Web page
talk-export-json = JSON
talk-export-place = File
talk-export-browse = Choose…
talk-export-save = Save
talk-export-writing = Saving…
talk-export-no-path = Enter where the file is to be.
talk-export-taken = There is a file of that name. Save again to replace it, or choose another name.
talk-export-failed = The conversation could not be saved ({ $why }). Choose another place, then try again.
talk-export-done = { $messages ->
    [one] Saved 1 message to { $path }.
   *[other] Saved { $number } messages to { $path }.
}
talk-export-folder = Open folder
talk-export-copy = Copy path
talk-export-dismiss = OK
talk-export-trying = not sent yet
talk-export-waiting = waiting
talk-export-stored = kept by the server
talk-export-delivered = delivered
talk-export-undelivered = not delivered
