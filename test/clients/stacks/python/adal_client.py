"""ADAL for Python, which speaks version 1: a service with a secret, and an application of a person on a device."""
import json
import sys

import adal

asked = json.loads(sys.argv[1])
context = adal.AuthenticationContext(asked["authority"], validate_authority=False, api_version=None)
if asked["flow"] == "client credentials":
    token = context.acquire_token_with_client_credentials(asked["resource"], asked["clientId"], asked["secret"])
else:
    code = context.acquire_user_code(asked["resource"], asked["clientId"])
    print("device", code["verification_url"], code["user_code"], flush=True)
    token = context.acquire_token_with_device_code(asked["resource"], code, asked["clientId"])
print(json.dumps({"accessToken": token["accessToken"]}), flush=True)
