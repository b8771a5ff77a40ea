# The list of people, tabs, the way to a person by keyboard, keys and searches.

## Oneself

people-signed-in = Signed in at { $server }
people-looking = Looking for { $server }
people-own-port = The server is { $server }. Your own port is { $port }.
people-sign-out = Sign out

## The list

people-back = { $unread ->
    [0] Conversations
   *[other] Conversations ({ $unread })
}
people-show = People
people-title = { $online ->
    [0] People
   *[other] People · { $online } online
}
people-title-last-seen = People · last seen
people-filter = Filter people
people-nobody = Nobody else is here yet.
people-nobody-join-at = Nobody else is here yet. Others join at { $address }.
people-nobody-called = Nobody is called “{ $text }”. Esc shows everybody again.
people-more = { $count ->
    [one] 1 more, offline
   *[other] { $count } more, offline
}
people-fewer = Show fewer
people-search-for = Search messages for “{ $text }”
people-none-joined = When somebody joins, they appear in the list of people.
people-choose = Choose somebody from the list to start talking.

# What a screen reader says of a row: name, presence, unread lines.
people-row = { $unread ->
    [0] { $name }, { $presence }
   *[other] { $name }, { $presence }, { $unread } unread
}
people-online = online
people-offline = offline
people-unknown = presence unknown

people-you = (you)
people-line-own = You: { $text }
people-line-failed = Not sent: { $text }
people-line-draft = Draft: { $text }

people-menu-open = Open
people-menu-close = Close tab
people-menu-read = Mark as read
people-menu-copy = Copy name

# A day of the last week, of this year, of another one.
people-weekday = { $short-weekday }
people-date = { $day } { $short-month }
people-date-year = { $day } { $short-month } { $year }

people-writing = writing…

## Tabs

people-tab = { $unread ->
    [0] Tab { $name }
   *[other] Tab { $name }, { $unread } unread
}
people-tab-close = Close tab { $name }
people-tabs = All tabs

## The way to anybody

people-jump = Jump to
people-jump-hint = A name, or what you want to do
people-jump-none = Nobody and nothing is called that.
people-jump-host = Host's page

## Keys

people-keys = Keyboard shortcuts
people-keys-shut = Close
people-keys-jump = Jump to anybody
people-keys-filter = Filter people
people-keys-find = Search in this conversation
people-keys-find-everywhere = Search in all messages
people-keys-next = Next tab
people-keys-previous = Previous tab
people-keys-number = A tab by its place
people-keys-move-left = Move the tab to the left
people-keys-move-right = Move the tab to the right
people-keys-close = Close the tab
people-keys-reopen = Open the closed tab again
people-keys-help = Keyboard shortcuts
people-keys-send = Send the message
people-keys-break = New line in the message
people-keys-recall = The message sent before, in an empty field
people-keys-emoji = Choose an emoji
people-keys-menu = Menu of a person or a message
people-keys-settings = Settings
people-keys-larger = Larger text
people-keys-smaller = Smaller text
people-keys-size = Usual size of text
people-keys-escape = Close what is open, leave a field

## Searches

people-find = Search in this conversation
people-find-close = Close the search
people-find-older = Older message
people-find-newer = Newer message
people-find-at = { $at } of { $count }
people-find-at-more = { $at } of { $count }+
people-find-count = { $count ->
    [one] 1 message
   *[other] { $count } messages
}
people-find-none = No messages
people-find-reading = Searching…
people-find-failed = The messages can't be read now. Try again in a moment.
people-search = Search
people-search-back = Back
people-search-field = Search in all messages
people-search-hint = Type a word to find it in everything that was said here.
people-search-none = Nothing was found for “{ $text }”. Try fewer or other words.
people-search-more = More than { $count } messages. One more word finds fewer.
people-search-row = { $name }, { $time }: { $text }
