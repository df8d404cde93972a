"""What the server does beside pages: signed routes, work in threads, who may do what."""
