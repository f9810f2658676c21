//! Lambda function `rotc-imports`: answers `/api/admin/import-cadets`, `/api/admin/import-cadets-remote`, `/api/admin/import-cadets-url`, `/api/admin/import-staff`, `/api/admin/sync-cadets`, `/api/import`, `/api/integration`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::imports::GROUP)
}
