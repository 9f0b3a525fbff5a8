"""The newsroom of `pollwatch demo`: invented outlets on 127.0.0.1, with faults on purpose."""
