"""Authlib with Requests: a web application that signs a person in."""
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

asked = json.loads(sys.argv[1])
metadata = requests.get(asked["issuer"] + "/.well-known/openid-configuration").json()
session = OAuth2Session(
    asked["clientId"],
    asked["secret"],
    scope="openid profile email",
    redirect_uri=asked["redirectUri"],
    code_challenge_method="S256",
)
verifier = "a verifier of forty-three characters or more".replace(" ", "-")
address, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)


class Callback(BaseHTTPRequestHandler):
    """Receives the answer of the authorization endpoint."""

    def do_GET(self):
        self.server.answer = "http://localhost" + self.path
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass


server = HTTPServer(("localhost", asked["port"]), Callback)
print("open", address, flush=True)
server.handle_request()
token = session.fetch_token(
    metadata["token_endpoint"], authorization_response=server.answer, state=state, code_verifier=verifier
)
keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"]).json())
claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": metadata["issuer"]}, aud={"essential": True, "value": asked["clientId"]}
).validate(claims)
userinfo = session.get(metadata["userinfo_endpoint"]).json()
print(json.dumps({"claims": claims, "userinfo": userinfo["sub"]}), flush=True)
