//! Encrypted connections to PostgreSQL: rustls with ring.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{Result, config::DatabaseConfig, error};

/// The driver's options and the TLS connector for `config`.
///
/// As with libpq, `sslmode=require` encrypts without checking who answers, while `verify-full`, or a
/// certificate in `DATABASE_CA`, checks the server's name against a trusted root.
pub(crate) fn connect_options(
    config: &DatabaseConfig,
) -> Result<(tokio_postgres::Config, MakeRustlsConnect)> {
    let verify = config.url_mode() == Some("verify-full") || config.ca.is_some();
    let mut postgres: tokio_postgres::Config = config.driver_url()?.parse()?;
    postgres.application_name("muster");
    postgres.connect_timeout(std::time::Duration::from_secs(5));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let tls = if verify {
        builder.with_root_certificates(roots(config)?).with_no_client_auth()
    } else {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer(provider)))
            .with_no_client_auth()
    };
    Ok((postgres, MakeRustlsConnect::new(tls)))
}

fn roots(config: &DatabaseConfig) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match &config.ca {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            for certificate in CertificateDer::pem_file_iter(file).map_err(|_| bad_ca())? {
                roots.add(certificate.map_err(|_| bad_ca())?)?;
            }
        }
    }
    Ok(roots)
}

fn bad_ca() -> error::Error {
    error::internal("DATABASE_CA names no readable PEM file")
}

/// Accepts any certificate: what `sslmode=require` promises, no more.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
