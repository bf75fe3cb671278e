"""The Bootstrap 5 template pack: Bootstrap's stylesheet, no script of its own."""
