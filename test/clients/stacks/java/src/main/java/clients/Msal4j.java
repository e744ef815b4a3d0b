package clients;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.DeviceCodeFlowParameters;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.InteractiveRequestParameters;
import com.microsoft.aad.msal4j.PublicClientApplication;
import com.microsoft.aad.msal4j.SilentParameters;
import com.microsoft.aad.msal4j.SystemBrowserOptions;
import java.net.URI;
import java.util.Set;

/** MSAL for Java: a service with a secret, and an application of a person: in a browser, silently, on a device. */
public class Msal4j {
  public static void main(String[] words) throws Exception {
    String flow = words[0], authority = words[1], clientId = words[2], secret = words[3], redirectUri = words[4];
    Set<String> scopes = Set.of(words[5].split(" "));
    if (flow.equals("client credentials")) {
      var application =
          ConfidentialClientApplication.builder(clientId, ClientCredentialFactory.createFromSecret(secret))
              .authority(authority)
              .instanceDiscovery(false)
              .build();
      answer(application.acquireToken(ClientCredentialParameters.builder(scopes).build()).get());
    }
    var application =
        PublicClientApplication.builder(clientId).authority(authority).instanceDiscovery(false).build();
    if (flow.equals("device code")) {
      var parameters =
          DeviceCodeFlowParameters.builder(
                  scopes, code -> say("device " + code.verificationUri() + " " + code.userCode()))
              .build();
      answer(application.acquireToken(parameters).get());
    }
    var browser = SystemBrowserOptions.builder().openBrowserAction(address -> say("open " + address)).build();
    var parameters =
        InteractiveRequestParameters.builder(new URI(redirectUri))
            .scopes(scopes)
            .systemBrowserOptions(browser)
            .build();
    var first = application.acquireToken(parameters).get();
    var again = SilentParameters.builder(scopes, first.account()).build();
    answer(application.acquireTokenSilently(again).get());
  }

  private static void answer(IAuthenticationResult result) {
    say("{\"accessToken\":\"" + result.accessToken() + "\"}");
    System.exit(0);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
