"""What reviewers do on the pages: acts as they arrive, the answer to each, mutes, and whom an escalation reaches."""
