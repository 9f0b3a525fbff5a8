"""Worker processes that read hostile bytes, each job with a deadline and a memory limit."""
