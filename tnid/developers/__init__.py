"""The developers' portal: teams and their applications, each with a sandbox client and perhaps a live one."""
