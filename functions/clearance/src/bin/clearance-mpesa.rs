//! Lambda function `clearance-mpesa`: answers `/api/finance/payments/mpesa_stk_push`, `/api/finance/payments/mpesa_query`, `/api/finance/mpesa_callback`, `/api/finance/mpesa_attempts`, `/api/finance/c2b`, `/api/finance/reconciliations`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::mpesa::GROUP)
}
