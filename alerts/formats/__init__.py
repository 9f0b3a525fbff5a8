"""Stories in other tools' formats: STIX, MISP, CSV and JSON Lines. Pure."""
