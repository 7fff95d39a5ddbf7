"""What the errors of the object-store library mean.

Its texts hold addresses, which hold signatures, and the library's own inner state. So nothing of them is shown but
what is recognised here.
"""

import re

from obstore.exceptions import GenericError

from modelctl.errors import ModelctlError
from modelctl.pulling.sources.answers import refusal
from modelctl.pulling.sources.protocol import Unavailable

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
# The innermost cause of an error that did not come from the store.
_INNER = re.compile(r'(?:message|error): "([^"\\]{1,120})"')
_MISSING = re.compile(r"error: (Missing \w{1,40}|\w{1,40} must be specified)")
_ADDRESS = re.compile(r"\w+://\S+")

_KEYS = {
    "s3": "give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a public bucket",
    "gs": "give GOOGLE_APPLICATION_CREDENTIALS, or GOOGLE_SKIP_SIGNATURE=true for a public bucket",
    "az": "give AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or AZURE_SKIP_SIGNATURE=true "
    "for a public container",
}


def explain(scheme: str, shown: str, error: Exception) -> Exception:
    """Build the error to raise: Unavailable if trying again may help, else ModelctlError."""
    text = str(error)
    keys = _KEYS[scheme]
    status = _STATUS.search(text)
    code = _CODE.search(text)
    inner = _INNER.search(text)
    if _is_about_credentials(error, text, status[1] if status else ""):
        said = f"a service of the machine answers {status[1]}" if status else (inner[1] if inner else "no answer")
        if status and int(status[1]) < 500 and status[1] != "429":
            return ModelctlError(f"there are no credentials for {shown}: {said}.", keys)
        return Unavailable(f"no credentials: {said} ({keys})")
    if "without LOCATION" in text or (code and code[1] == "AuthorizationHeaderMalformed"):
        return ModelctlError(f"{shown} is in another region.", "correct --region or AWS_REGION")
    if status:
        return refusal(shown, int(status[1]), detail=code[1] if code else "", keys=keys)
    if "BadScheme" in text:
        return ModelctlError(
            f"the endpoint for {shown} is without TLS, so others can read along.", "use https://, or add --allow-http"
        )
    if "InvalidCertificate" in text or "certificate" in text.lower():
        return ModelctlError(
            f"the certificate of the store of {shown} is not trusted.",
            "name the authority that signed it with --ca-file or SSL_CERT_FILE",
        )
    missing = _MISSING.search(text)
    if missing:
        return ModelctlError(f"the environment has not all that {shown} needs: {missing[1]}.", keys)
    if "HTTP error" in text or "reqwest" in text:
        return Unavailable(inner[1] if inner else "the connection broke")
    # About the settings or the key: what follows the first line is the library's inner state.
    said = _ADDRESS.sub("…", text.partition("\n")[0])[:200].rstrip(".")
    return ModelctlError(f"{shown} cannot be read: {said}.", "correct the URL, or the variables of the environment")


def _is_about_credentials(error: Exception, text: str, status: str) -> bool:
    """Tell whether the request that failed was one for credentials: without any, the library asks the machine's.

    Reading an object is a GET, and a refusal to read it has an error class of its own.
    """
    request = text.partition("\n")[0]
    other_verb = "Error performing PUT" in request or "Error performing POST" in request
    return other_verb or "token request" in request or (type(error) is GenericError and status in ("401", "403", "404"))
