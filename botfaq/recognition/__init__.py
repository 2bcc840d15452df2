"""How the bot recognises a question: pure computation over the phrasings of one shop, no database, no settings."""
