//! Enrols a device with libhimmelblau, gets a primary refresh token, uses and renews it. One line of JSON for each step:
//! its name, and what came of it or the error. Before the last step it waits for a line on standard input.
use himmelblau::error::MsalError;
use himmelblau::{BrokerClientApplication, EnrollAttrs, UserToken};
use kanidm_hsm_crypto::provider::{BoxedDynTpm, SoftTpm, Tpm};
use kanidm_hsm_crypto::AuthValue;
use serde_json::json;
use std::{env, io};

const GRAPH: &str = "https://graph.microsoft.com";
const PIN: &str = "135790";

fn report(name: &str, result: Result<String, String>) {
    let line = match result {
        Ok(value) => json!({ "name": name, "value": value }),
        Err(error) => json!({ "name": name, "error": error }),
    };
    println!("{line}");
}

fn text_of(error: MsalError) -> String {
    format!("{error:?}")
}

fn access_token(result: Result<UserToken, MsalError>) -> Result<String, String> {
    let token = result.map_err(text_of)?;
    token
        .access_token
        .clone()
        .ok_or("there is no access token".to_string())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = env::args().collect();
    let [_, authority, domain, username, refresh_token] = words.as_slice() else {
        panic!("usage: himmelblau-client AUTHORITY DOMAIN USERNAME REFRESH_TOKEN");
    };
    let mut tpm = BoxedDynTpm::new(SoftTpm::default());
    let auth = AuthValue::generate()
        .and_then(|text| text.parse())
        .expect("an auth value");
    let sealed_root = tpm.root_storage_key_create(&auth).expect("a root key");
    let root = tpm
        .root_storage_key_load(&auth, &sealed_root)
        .expect("the root key");
    let mut app =
        BrokerClientApplication::new(Some(authority), None, None, None).expect("an application");

    let user = app.check_user_exists(username, &[]).await;
    report(
        "user",
        user.and_then(|init| init.try_exists())
            .map(|exists| exists.to_string())
            .map_err(text_of),
    );

    let attributes = EnrollAttrs::new(
        domain.clone(),
        Some("himmelblau".to_string()),
        Some("Linux".to_string()),
        Some(0),
        Some("openSUSE Leap 16.0".to_string()),
    );
    let enrolled = match attributes {
        Ok(attributes) => {
            app.enroll_device(refresh_token, attributes, &mut tpm, &root)
                .await
        }
        Err(error) => Err(error),
    };
    report(
        "enrol",
        enrolled.map(|(_, _, device_id)| device_id).map_err(text_of),
    );

    let prt = match app
        .acquire_user_prt_by_refresh_token(refresh_token, &mut tpm, &root)
        .await
    {
        Ok(prt) => prt,
        Err(error) => return report("prt", Err(text_of(error))),
    };
    report("prt", Ok(String::new()));
    let scope = vec!["https://graph.microsoft.com/.default"];
    let by_scope = app
        .exchange_prt_for_access_token(&prt, scope.clone(), None, &mut tpm, &root)
        .await;
    report("tokenV2", access_token(by_scope));
    let resource = Some(GRAPH.to_string());
    let by_resource = app
        .exchange_prt_for_access_token(&prt, vec![], resource, &mut tpm, &root)
        .await;
    report("tokenV1", access_token(by_resource));

    let renewed = match app.exchange_prt_for_prt(&prt, &mut tpm, &root, false).await {
        Ok(renewed) => renewed,
        Err(error) => return report("renewed", Err(text_of(error))),
    };
    let by_renewed = app
        .exchange_prt_for_access_token(&renewed, scope.clone(), None, &mut tpm, &root)
        .await;
    report("renewed", access_token(by_renewed));
    report(
        "cookie",
        app.acquire_prt_sso_cookie(&renewed, &mut tpm, &root)
            .await
            .map_err(text_of),
    );

    let token = app
        .acquire_token_by_refresh_token(refresh_token, vec![], None, &mut tpm, &root)
        .await;
    match token {
        Err(error) => report("hello", Err(text_of(error))),
        Ok(token) => match app
            .provision_hello_for_business_key(&token, &mut tpm, &root, PIN)
            .await
        {
            Err(error) => report("hello", Err(text_of(error))),
            Ok(key) => {
                let by_key = app
                    .acquire_token_by_hello_for_business_key(
                        username,
                        &key,
                        scope.clone(),
                        None,
                        &mut tpm,
                        &root,
                        PIN,
                    )
                    .await;
                report("hello", access_token(by_key));
            }
        },
    }

    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("a line");
    let ended = app
        .exchange_prt_for_prt(&renewed, &mut tpm, &root, false)
        .await;
    report("ended", ended.map(|_| String::new()).map_err(text_of));
}
