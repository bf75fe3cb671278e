"""The plain template pack: semantic HTML and one small stylesheet."""
