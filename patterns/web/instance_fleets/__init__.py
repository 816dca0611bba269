"""What patterns on Amazon EC2 instances share: launch templates, Auto Scaling groups, updates and their alarms."""
