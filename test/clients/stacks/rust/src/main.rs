//! openidconnect: a web application that signs a person in, and a service with a secret.
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    reqwest, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, RedirectUrl, Scope, TokenResponse,
};
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> Result<(), Box<dyn Error>> {
    let request: serde_json::Value = serde_json::from_str(&std::env::args().nth(1).ok_or("no request")?)?;
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_string();
    let http = reqwest::blocking::ClientBuilder::new().redirect(reqwest::redirect::Policy::none()).build()?;
    let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(text("issuer"))?, &http)?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(text("clientId")),
        Some(ClientSecret::new(text("secret"))),
    )
    .set_redirect_uri(RedirectUrl::new(text("redirectUri"))?);
    if text("flow") == "client credentials" {
        let token = client.exchange_client_credentials()?.add_scope(Scope::new(text("scope"))).request(&http)?;
        println!("{}", serde_json::json!({ "accessToken": token.access_token().secret() }));
        return Ok(());
    }
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (address, _, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("profile".to_string()))
        .set_pkce_challenge(challenge)
        .url();
    let listener = TcpListener::bind(text("listen"))?;
    println!("open {address}");
    let token = client.exchange_code(AuthorizationCode::new(code_from(&listener)?))?.set_pkce_verifier(verifier).request(&http)?;
    let claims = token.id_token().ok_or("no ID token")?.claims(&client.id_token_verifier(), &nonce)?;
    let info: CoreUserInfoClaims =
        client.user_info(token.access_token().to_owned(), Some(claims.subject().to_owned()))?.request(&http)?;
    println!("{}", serde_json::json!({ "claims": claims, "userinfo": info.subject().as_str() }));
    Ok(())
}

/// The code of the request that the browser sends to the redirect address.
fn code_from(listener: &TcpListener) -> Result<String, Box<dyn Error>> {
    let (mut stream, _) = listener.accept()?;
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    let path = line.split_whitespace().nth(1).ok_or("no path")?;
    let url = openidconnect::url::Url::parse(&format!("http://localhost{path}"))?;
    let code = url.query_pairs().find(|(name, _)| name == "code").ok_or("no code")?.1.into_owned();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK")?;
    Ok(code)
}
