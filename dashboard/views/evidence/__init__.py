"""Other images, judged one by one."""
