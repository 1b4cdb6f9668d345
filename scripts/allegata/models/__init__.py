"""What baselines and proposals share: taggers, encoders, features."""
