"""The second factor: an app that shows six digits, new every half minute (TOTP).

One step before and after the present one is taken as well, because clocks of phones differ; each step works once, so
digits seen over a shoulder are worth nothing (the last step used stands in the account). The secret is sealed.
"""

from __future__ import annotations

import io
import unicodedata

import pyotp
import segno

ISSUER, STEP = "Front Door", 30


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """What the app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def picture(secret: str, email: str) -> str:
    """The QR code as SVG, dark on light in any theme, since cameras want it so."""
    drawn = io.BytesIO()
    code = segno.make(address(secret, email), error="m", micro=False)
    look = {"scale": 5, "border": 3, "dark": "#000", "light": "#fff", "omitsize": True}
    code.save(drawn, kind="svg", xmldecl=False, svgns=True, nl=False, **look)
    return drawn.getvalue().decode()


def step_of(secret: str, typed: str, now: int) -> int | None:
    """The step of which these are the digits, or None. Spaces and Thai digits are forgiven. `now` in milliseconds."""
    digits = "".join(str(unicodedata.digit(c)) for c in typed if c.isdigit())
    if len(digits) != 6:
        return None
    app, here, found = pyotp.TOTP(secret), now // 1000 // STEP, None
    for step in (here - 1, here, here + 1):  # all three, whichever it is
        if pyotp.utils.strings_equal(app.generate_otp(step), digits):
            found = step
    return found
