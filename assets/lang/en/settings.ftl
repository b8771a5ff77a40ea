# The page with all settings.

settings-title = Settings
settings-back = Back

settings-appearance = Appearance
settings-language = Language
settings-as-system = System
settings-colours = Colours
settings-light = Light
settings-dark = Dark
settings-contrast = High contrast
settings-motion = Reduced motion
settings-on = On
settings-off = Off
settings-size = Text size
settings-percent = { $percent }%
settings-smaller = Smaller
settings-larger = Larger
settings-usual-size = Usual size
settings-size-keys = Everywhere: Ctrl + and Ctrl −, and Ctrl 0 for the usual size.
settings-option = { $setting }: { $choice }

settings-notifications = Notifications
settings-notify = Notify me of new messages
settings-notify-text = Show the text in notifications
settings-quiet = Do not disturb
settings-quiet-hint = Nothing pops up and nothing sounds. New messages are still counted.
settings-sounds = Play a sound

settings-privacy = Privacy
settings-typing = Show that I am writing
settings-typing-hint = Without it you do not see it of others either.
settings-read = Show what I have read
settings-read-hint = Without it you do not see it of others either.

settings-start = Starting and closing
settings-host-at-start = Host a server when Super Chatter starts
settings-keep-hosting = Go on hosting in the tray when the window is closed
settings-no-tray = This desktop shows no tray, so closing the window stops hosting.

settings-about = About
settings-folder = Everything is kept in this folder of this computer:
settings-copy-folder = Copy the folder's path
settings-fault = Something not working?
settings-copy-diagnosis = Copy a diagnosis
settings-copy-log = Copy the log
settings-fault-hint = For a report of the fault. Nothing that people wrote is in it, but addresses of computers are, and folders, which may have your account's name.
settings-copied = Copied
settings-version = Super Chatter { $version }
settings-licence = Free software: use it under the MIT or the Apache 2.0 licence, as you like.
