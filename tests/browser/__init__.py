"""The playground in a real browser: the whole bot, through the page that people see."""
