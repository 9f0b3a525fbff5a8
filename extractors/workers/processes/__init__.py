"""One worker process: how it is started, talked to and ended, and the side of it that runs in the child."""
