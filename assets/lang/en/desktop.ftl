# desktop: notifications, the tray, closing the window

desktop-note-count = { $lines ->
    [one] 1 new message
   *[other] { $lines } new messages
}
desktop-note-title = { $peer } · { $count }
desktop-note-open = Open

desktop-tray-open = Open Super Chatter
desktop-tray-people = { $people ->
    [0] Hosting: nobody is here
    [one] Hosting: 1 person is here
   *[other] Hosting: { $people } people are here
}
desktop-tray-quiet = Not hosting
desktop-tray-disturb = Do not disturb
desktop-tray-quit = Quit
desktop-tray-quit-hosting = Stop hosting and quit

desktop-close-title = Close Super Chatter?
desktop-close-people = { $people ->
    [one] 1 person is using your server. If you close Super Chatter, they lose it.
   *[other] { $people } people are using your server. If you close Super Chatter, they lose it.
}
desktop-close-lines = { $lines ->
    [one] 1 message is only on this computer yet. It will be sent when Super Chatter is open again.
   *[other] { $lines } messages are only on this computer yet. They will be sent when Super Chatter is open again.
}
desktop-close-keep = Keep hosting in the tray
desktop-close-always = Always keep hosting, without asking
desktop-close-stop = Stop and close
desktop-close-anyway = Close anyway
desktop-close-stay = Stay
desktop-close-cancel = Cancel
