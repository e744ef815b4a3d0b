"""MSAL for Python: a service with a secret, and an application of a person: in a browser, silently, on a device."""
import json
import sys

import msal

asked = json.loads(sys.argv[1])


def answer(result):
    if "access_token" not in result:
        sys.exit(json.dumps(result))
    print(json.dumps({"accessToken": result["access_token"]}), flush=True)


if asked["flow"] == "client credentials":
    app = msal.ConfidentialClientApplication(
        asked["clientId"], authority=asked["authority"], client_credential=asked["secret"], instance_discovery=False
    )
    answer(app.acquire_token_for_client(scopes=asked["scopes"]))
    sys.exit()

app = msal.PublicClientApplication(asked["clientId"], authority=asked["authority"], instance_discovery=False)
if asked["flow"] == "device code":
    flow = app.initiate_device_flow(scopes=asked["scopes"])
    print("device", flow["verification_uri"], flow["user_code"], flush=True)
    answer(app.acquire_token_by_device_flow(flow))
else:
    first = app.acquire_token_interactive(
        asked["scopes"], port=asked["port"], auth_uri_callback=lambda address: print("open", address, flush=True)
    )
    if "access_token" not in first:
        sys.exit(json.dumps(first))
    answer(app.acquire_token_silent(asked["scopes"], account=app.get_accounts()[0], force_refresh=True))
