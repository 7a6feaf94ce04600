"""Why a backup or a restore was not done, one sentence each."""

from tuyen.kernel.refusal import N_, Refusal


class NotABackup(Refusal):
    code = "journal.not-a-backup"
    message = N_("{path} is not a backup: {what}; name a folder that `tuyen backup` made.")


class DamagedBackup(Refusal):
    code = "journal.damaged-backup"
    message = N_("{path} is damaged: {what}; restore from another backup.")


class OtherVersion(Refusal):
    code = "journal.other-version"
    message = N_(
        "{path} was made by version {version} and holds {what}, which this program does not know;"
        " install that version or a newer one."
    )


class OtherStore(Refusal):
    code = "journal.other-store"
    message = N_("{path} is a backup of {theirs}, but the target is {ours}; name a {theirs} store.")


class NoStore(Refusal):
    code = "journal.no-store"
    message = N_("There is nothing to back up at {path}; run `tuyen migrate` first.")


class NotMigrated(Refusal):
    code = "journal.not-migrated"
    message = N_(
        "The database of {home} has not the shape that this program expects ({n} changes wait); run"
        " `tuyen migrate --home {home}` first."
    )


class NoRoom(Refusal):
    code = "journal.no-room"
    message = N_("{path} is full: {need} MB are needed and {free} MB are free; nothing was left there.")  # fmt: skip


class NotEmpty(Refusal):
    code = "journal.not-empty"
    message = N_(
        "{target} already holds an installation; add --replace to set it aside, or name another."
    )


class StillInUse(Refusal):
    code = "journal.still-in-use"
    message = N_("{target} is still in use; stop the program there, then restore again.")


class NotWhole(Refusal):
    code = "journal.not-whole"
    message = N_("{path} was unpacked but is not whole: {what}; nothing was put in place.")


class ToolFailed(Refusal):
    code = "journal.tool-failed"
    message = N_("{tool} could not do its part: {what}")


class KeyNeeded(Refusal):
    code = "journal.backup-key-needed"
    message = N_("{path} is sealed with the key {key}; name its file with --key-file.")


class OtherKey(Refusal):
    code = "journal.backup-other-key"
    message = N_("{path} is sealed with the key {key}, and the file holds {given}; name the other.")


class BadKeyFile(Refusal):
    code = "journal.backup-bad-key-file"
    message = N_("{path} is no key for backups: {what}.")


class KeyTooNear(Refusal):
    code = "journal.backup-key-too-near"
    message = N_("{path} lies in {folder}, which whoever steals the backup may steal too; keep it elsewhere.")  # fmt: skip
