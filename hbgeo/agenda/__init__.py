"""The year's work as one list: what to finish, to build, to put up and to send back, and what comes of it."""
