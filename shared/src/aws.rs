//! How this process reaches Amazon's services, or servers of another make that speak the same.

use aws_config::{BehaviorVersion, Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_sqs::config::Credentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use secrecy::ExposeSecret;

use crate::config::AwsConfig;

/// What a client of a service is made of. Asks for the usual credentials where none are configured.
pub async fn connect(config: &AwsConfig, timeouts: TimeoutConfig) -> SdkConfig {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(timeouts);
    if let Some(region) = &config.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some((access, secret)) = &config.keys {
        let keys = Credentials::new(access, secret.expose_secret(), None, None, "muster");
        loader = loader.credentials_provider(keys);
    }
    if let Some(endpoint) = &config.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}
