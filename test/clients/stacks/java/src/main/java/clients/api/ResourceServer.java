package clients.api;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Security: an API that accepts access tokens of the issuer for its own audience, all by properties. */
@SpringBootApplication
@RestController
public class ResourceServer {
  public static void main(String[] words) {
    SpringApplication.run(ResourceServer.class, words);
  }

  @GetMapping("/me")
  String me(@AuthenticationPrincipal Jwt jwt) {
    return jwt.getSubject();
  }

  @EventListener
  void started(ServletWebServerInitializedEvent event) {
    System.out.println("listening " + event.getWebServer().getPort());
  }
}
