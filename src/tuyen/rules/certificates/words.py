"""What a verdict on a certificate is called, for a screen and for a terminal alike."""

from tuyen.kernel.refusal import N_

STATUS = {
    "valid": N_("Valid: signed by a trusted issuer and unchanged"),
    "withdrawn": N_("Withdrawn: its issuer took it back, and it counts no more"),
    "expired": N_("Expired: signed by a trusted issuer, but no longer in force"),
    "not-yet": N_("Not in force yet: signed by a trusted issuer for a later day"),
    "unknown-issuer": N_("Unknown issuer: nobody here trusts the key that signed it"),
    "altered": N_("Altered: the content is not what the issuer signed"),
    "not-permitted": N_("Not permitted: the issuer's key may not sign this kind of certificate"),
    "malformed": N_("Badly filled in: signed by a trusted issuer, but the content breaks its form"),
    "unreadable": N_("Unreadable: this is no health certificate, or it is damaged"),
}

LAYER = {
    "prefix": N_("the text does not begin with HC1:"),
    "base45": N_("the text is damaged: it is not Base45"),
    "zlib": N_("its compressed part is damaged"),
    "cose": N_("its signed part is damaged"),
    "cbor": N_("its content is damaged"),
    "claims": N_("it holds no certificate of a form that is known here"),
    "picture": N_("there is no QR code in the picture that can be read"),
}

FAULT = {
    "missing": N_("is missing"),
    "kind": N_("is of another kind than expected"),
    "form": N_("is not written as expected"),
    "length": N_("is too long"),
    "range": N_("is out of range"),
    "list": N_("is not on the list known here"),
    "letters": N_("holds signs that are no letters"),
    "future": N_("lies after the day of issue"),
    "groups": N_("has not exactly one kind of statement"),
    "rows": N_("has too few or too many entries"),
}
