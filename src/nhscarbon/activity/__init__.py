"""Activity data: the table, its columns, and everything that reads one."""
