# The quick starts of OmniAuth's strategies for OpenID Connect and for Azure Active Directory, as a Rack application.
require 'json'
require 'rack'
require 'webrick'
require 'omniauth_openid_connect'
require 'omniauth-azure-activedirectory-v2'

request = JSON.parse(ARGV.fetch(0), symbolize_names: true)
OmniAuth.config.allowed_request_methods = [:get]
OmniAuth.config.silence_get_warning = true
OmniAuth.config.on_failure = ->(env) { [401, {}, [env['omniauth.error'].inspect]] }

# Settings of one tenant, which the strategy for Azure Active Directory reads.
TenantProvider = Struct.new(:strategy) do
  class << self
    attr_accessor :request
  end

  def client_id = self.class.request[:clientId]
  def client_secret = self.class.request[:secret]
  def tenant_id = self.class.request[:tenant]
  def base_azure_url = self.class.request[:origin]
end
TenantProvider.request = request

site = Rack::Builder.new do
  use Rack::Session::Cookie, secret: 'x' * 64
  use OmniAuth::Builder do
    if request[:strategy] == 'azure_activedirectory_v2'
      provider :azure_activedirectory_v2, TenantProvider
    else
      provider :openid_connect,
               discovery: true, issuer: request[:issuer], scope: %i[openid profile email], pkce: true,
               client_options: { identifier: request[:clientId], secret: request[:secret], redirect_uri: request[:redirectUri] }
    end
  end
  run lambda { |env|
    auth = env['omniauth.auth']
    [auth ? 200 : 404, { 'content-type' => 'application/json' }, [{ uid: auth&.uid, name: auth&.info&.name }.to_json]]
  }
end

options = { Host: '127.0.0.1', Port: request[:port], AccessLog: [], Logger: WEBrick::Log.new(File::NULL) }
Rack::Handler::WEBrick.run(site, **options) do
  puts "listening #{request[:port]}"
  $stdout.flush
end
