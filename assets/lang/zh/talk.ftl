# talk
