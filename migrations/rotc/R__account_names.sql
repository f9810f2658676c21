-- Why: cadets and staff sign in with a name or an address, whichever they type.

SELECT muster.guard_names('public.users', 'username', 'email', 'cadet_id', 'staff_id');
