"""Icons that the user installed: AWS's asset package or the npm package `aws-icons`, read, cleaned, kept and found."""
