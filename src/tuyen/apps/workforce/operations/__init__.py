"""What can be written down of people at work."""

from tuyen.apps.workforce.operations.people import (
    AddCredential,
    AmendMember,
    AnswerCorrection,
    AskCorrection,
    EndPost,
    Post,
    RegisterMember,
    Shown,
    TakePost,
    VoidCredential,
    VoidPost,
)
from tuyen.apps.workforce.operations.planning import AnswerTransfer, ProposeTransfer, SetZone

__all__ = [
    "AddCredential",
    "AmendMember",
    "AnswerCorrection",
    "AnswerTransfer",
    "AskCorrection",
    "EndPost",
    "Post",
    "ProposeTransfer",
    "RegisterMember",
    "SetZone",
    "Shown",
    "TakePost",
    "VoidCredential",
    "VoidPost",
]
