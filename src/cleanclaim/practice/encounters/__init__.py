"""The visit, its note with signature and addenda, its documents."""
