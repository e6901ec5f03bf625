"""One root for every error that Cleanclaim raises.

    CleanclaimError
    ├── InvalidValue          a value that cannot be (an NPI that fails its check digit); also a ValueError
    ├── UnreadableInput       a file or text that cannot be read at all; the command line ends with 2
    ├── UsageError            a call whose words are off; the command line ends with 2
    ├── SettingsError         a setting that is missing or wrong; nothing starts; the command line ends with 2
    ├── NotAllowed            the caller's role does not permit the action
    ├── Conflict              somebody else changed the record first; read it again
    ├── NotFound              no such record in this practice
    ├── Refused               the action would break a rule of the field (a closed period, a paid claim deleted)
    └── CodeSetError          a code-set file or store that cannot serve; the store stays as it was

A bad claim is a `Finding`, never an exception. Messages are plain sentences without patient data.
"""


class CleanclaimError(Exception):
    """Anything that Cleanclaim refuses or fails to do; `str()` is one plain sentence without patient data."""


class InvalidValue(CleanclaimError, ValueError):
    """A value that cannot be."""


class UnreadableInput(CleanclaimError):
    """A file or text that cannot be read at all."""


class UsageError(CleanclaimError):
    """A call whose words are off."""


class SettingsError(CleanclaimError):
    """A setting that is missing or wrong."""


class NotAllowed(CleanclaimError):
    """The caller's role does not permit the action."""


class Conflict(CleanclaimError):
    """Somebody else changed the record first."""


class NotFound(CleanclaimError):
    """No such record in this practice."""


class Refused(CleanclaimError):
    """The action would break a rule of the field."""


class CodeSetError(CleanclaimError):
    """A code-set file or store that cannot serve."""
