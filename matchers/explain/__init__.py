"""Why a rule matched a text, why it did not, and which rules came nearest."""
