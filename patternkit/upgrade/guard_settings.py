"""Which settings guard, record or keep failed work, and which resources do by being there."""

from collections.abc import Mapping

from patternkit.upgrade.changes import Kind

Order = tuple[str, ...]
FALSE_FIRST: Order = ("false", "true")
TRUE_FIRST: Order = ("true", "false")
PRESENT: Order = ()
"""A setting that guards by being there, whatever its value."""

_DOMAINS = {
    "AdvancedSecurityOptions.Enabled": FALSE_FIRST,
    "VPCOptions": PRESENT,
}
_CONTAINERS = {
    "PidMode": ("host", "task"),
    "Privileged": TRUE_FIRST,
    "ReadonlyRootFilesystem": FALSE_FIRST,
}

LEVELS: Mapping[str, Mapping[str, Order]] = {
    "AWS::ApiGateway::Method": {"AuthorizationScopes": PRESENT},
    "AWS::ApiGateway::RestApi": {"DisableExecuteApiEndpoint": FALSE_FIRST},
    "AWS::ApiGatewayV2::Api": {"DisableExecuteApiEndpoint": FALSE_FIRST},
    "AWS::ApiGatewayV2::Route": {"AuthorizationScopes": PRESENT},
    "AWS::AppStream::Fleet": {"EnableDefaultInternetAccess": TRUE_FIRST},
    "AWS::AppStream::ImageBuilder": {"EnableDefaultInternetAccess": TRUE_FIRST},
    "AWS::AppSync::GraphQLApi": {"Visibility": ("GLOBAL", "PRIVATE")},
    "AWS::Batch::JobDefinition": _CONTAINERS,
    "AWS::CloudFront::Distribution": {
        "FieldLevelEncryptionId": PRESENT,
        "FunctionAssociations": PRESENT,
        "LambdaFunctionAssociations": PRESENT,
        "OriginAccessControlId": PRESENT,
        "RestrictionType": ("none", "blacklist", "whitelist"),
        "TrustedKeyGroups": PRESENT,
        "TrustedSigners": PRESENT,
        "ViewerMtlsConfig.Mode": ("optional", "required"),
        "WebACLId": PRESENT,
    },
    "AWS::CloudFront::OriginAccessControl": {"SigningBehavior": ("never", "no-override", "always")},
    "AWS::CodeBuild::Project": {
        "FilterGroups": PRESENT,
        "PrivilegedMode": TRUE_FIRST,
        "Visibility": ("PUBLIC_READ", "PRIVATE"),
        "VpcConfig": PRESENT,
    },
    "AWS::Cognito::IdentityPool": {"AllowClassicFlow": TRUE_FIRST},
    "AWS::Cognito::UserPool": {
        "AdvancedSecurityMode": ("OFF", "AUDIT", "ENFORCED"),
        "AllowAdminCreateUserOnly": FALSE_FIRST,
        "MfaConfiguration": ("OFF", "OPTIONAL", "ON"),
        "PasswordPolicy.RequireLowercase": FALSE_FIRST,
        "PasswordPolicy.RequireNumbers": FALSE_FIRST,
        "PasswordPolicy.RequireSymbols": FALSE_FIRST,
        "PasswordPolicy.RequireUppercase": FALSE_FIRST,
    },
    "AWS::Cognito::UserPoolClient": {
        "EnableTokenRevocation": FALSE_FIRST,
        "PreventUserExistenceErrors": ("LEGACY", "ENABLED"),
    },
    "AWS::EC2::Instance": {"SourceDestCheck": FALSE_FIRST},
    "AWS::EC2::NetworkInterface": {"SourceDestCheck": FALSE_FIRST},
    "AWS::EC2::SnapshotBlockPublicAccess": {"State": ("unblocked", "block-new-sharing", "block-all-sharing")},
    "AWS::EC2::TransitGateway": {"AutoAcceptSharedAttachments": ("enable", "disable")},
    "AWS::EC2::VPCBlockPublicAccessOptions": {
        "InternetGatewayBlockMode": ("off", "block-ingress", "block-bidirectional")
    },
    "AWS::EC2::VPCBlockPublicAccessExclusion": {
        "InternetGatewayExclusionMode": ("allow-bidirectional", "allow-egress")
    },
    "AWS::EC2::VPCEncryptionControl": {"Mode": ("monitor", "enforce")},
    "AWS::EC2::VPCEndpointService": {"AcceptanceRequired": FALSE_FIRST},
    "AWS::EC2::VerifiedAccessEndpoint": {"PolicyEnabled": FALSE_FIRST},
    "AWS::EC2::VerifiedAccessGroup": {"PolicyEnabled": FALSE_FIRST},
    "AWS::ECR::Repository": {
        "ImageTagMutability": ("MUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION", "IMMUTABLE")
    },
    "AWS::ECS::Service": {"EnableExecuteCommand": TRUE_FIRST},
    "AWS::ECS::TaskDefinition": _CONTAINERS,
    "AWS::ElastiCache::ReplicationGroup": {"UserGroupIds": PRESENT},
    "AWS::ElastiCache::ServerlessCache": {"UserGroupId": PRESENT},
    "AWS::ElastiCache::User": {"NoPasswordRequired": TRUE_FIRST},
    "AWS::ElasticLoadBalancingV2::Listener": {"MutualAuthentication.Mode": ("off", "passthrough", "verify")},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": ("off", "on")
    },
    "AWS::Elasticsearch::Domain": _DOMAINS,
    "AWS::Grafana::Workspace": {"NetworkAccessControl": PRESENT},
    "AWS::Lambda::CodeSigningConfig": {"UntrustedArtifactOnDeployment": ("Warn", "Enforce")},
    "AWS::Lambda::Function": {"CodeSigningConfigArn": PRESENT, "VpcConfig": PRESENT},
    "AWS::MWAA::Environment": {"WebserverAccessMode": ("PUBLIC_ONLY", "PUBLIC_AND_PRIVATE", "PRIVATE_ONLY")},
    "AWS::Neptune::DBCluster": {"IamAuthEnabled": FALSE_FIRST},
    "AWS::NetworkFirewall::FirewallPolicy": {
        "StreamExceptionPolicy": ("CONTINUE", "DROP"),
        "TLSInspectionConfigurationArn": PRESENT,
    },
    "AWS::OpenSearchService::Domain": _DOMAINS,
    "AWS::RAM::ResourceShare": {"AllowExternalPrincipals": TRUE_FIRST},
    "AWS::RDS::DBCluster": {"EnableHttpEndpoint": TRUE_FIRST},
    "AWS::RDS::DBProxy": {"IAMAuth": ("DISABLED", "ENABLED", "REQUIRED")},
    "AWS::S3::AccessPoint": {"VpcConfiguration": PRESENT},
    "AWS::S3::Bucket": {"ObjectOwnership": ("ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced")},
    "AWS::S3Express::AccessPoint": {"VpcConfiguration": PRESENT},
    "AWS::SageMaker::Domain": {"AppNetworkAccessType": ("PublicInternetOnly", "VpcOnly")},
    "AWS::SageMaker::Model": {"EnableNetworkIsolation": FALSE_FIRST},
    "AWS::SageMaker::NotebookInstance": {"RootAccess": ("Enabled", "Disabled")},
    "AWS::SecretsManager::ResourcePolicy": {"BlockPublicPolicy": FALSE_FIRST},
    "AWS::Transfer::Server": {"EndpointType": ("PUBLIC", "VPC")},
    "AWS::VpcLattice::Service": {"AuthType": ("NONE", "AWS_IAM")},
    "AWS::VpcLattice::ServiceNetwork": {"AuthType": ("NONE", "AWS_IAM")},
    "AWS::VpcLattice::ServiceNetworkVpcAssociation": {"SecurityGroupIds": PRESENT},
}
"""Settings by type, and their values from the weakest on; the key may name what a setting stands in."""

DEFAULTS = {
    "AllowClassicFlow": "false",
    "AutoAcceptSharedAttachments": "disable",
    "EnableDefaultInternetAccess": "false",
    "EnableExecuteCommand": "false",
    "EnableHttpEndpoint": "false",
    "EnableTokenRevocation": "true",
    "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
    "NoPasswordRequired": "false",
    "ObjectOwnership": "BucketOwnerEnforced",
    "PidMode": "task",
    "Privileged": "false",
    "PrivilegedMode": "false",
    "SourceDestCheck": "true",
    "StreamExceptionPolicy": "DROP",
    "UntrustedArtifactOnDeployment": "Warn",
    "Visibility": "",
    "WebserverAccessMode": "PRIVATE_ONLY",
}
"""What is taken where a setting is not there, if that is not the weakest; "" for the strongest."""

DEFAULTS_BY_TYPE = {("AWS::AppSync::GraphQLApi", "Visibility"): "GLOBAL"}

RECORDS: Mapping[str, Mapping[str, Order]] = {
    "AWS::CloudTrail::Trail": {
        "EnableLogFileValidation": FALSE_FIRST,
        "IncludeGlobalServiceEvents": FALSE_FIRST,
        "IsLogging": FALSE_FIRST,
        "IsMultiRegionTrail": FALSE_FIRST,
        "IsOrganizationTrail": FALSE_FIRST,
    },
    "AWS::EC2::ClientVpnEndpoint": {"ConnectionLogOptions.Enabled": FALSE_FIRST},
    "AWS::ECR::Repository": {"ScanOnPush": FALSE_FIRST},
    "AWS::GuardDuty::Detector": {"Enable": FALSE_FIRST},
    "AWS::StepFunctions::StateMachine": {"LoggingConfiguration.Level": ("OFF", "FATAL", "ERROR", "ALL")},
}
"""Settings that write down or notice what happens."""

RECORDS_OF_ANY = (
    *("AccessLogSetting", "AccessLogSettings", "AccessLoggingPolicy", "EnableCloudwatchLogsExports"),
    *("LogPublishingOptions", "LoggingConfiguration", "LoggingInfo"),
)
"""Those of any type, which record by being there."""

FAILURES: Mapping[str, Order] = {
    "DeadLetterArn": PRESENT,
    "DeadLetterConfig": PRESENT,
    "DeadLetterQueue": PRESENT,
    "FunctionResponseTypes": PRESENT,
    "OnFailure": PRESENT,
    "RedrivePolicy": PRESENT,
}
"""Settings of any type that keep work that fails."""

GUARDS: Mapping[str, tuple[Kind, str]] = {
    "AWS::AccessAnalyzer::Analyzer": (Kind.ALARMS, "nobody notices what is shared with others any more"),
    "AWS::Backup::BackupSelection": (Kind.RETENTION, "what it selects is not backed up by its plan any more"),
    "AWS::Bedrock::Guardrail": (Kind.EXPOSURE, "it filters nothing any more"),
    "AWS::CloudTrail::Trail": (Kind.ALARMS, "nobody records who does what any more"),
    "AWS::Config::ConfigurationRecorder": (Kind.ALARMS, "nobody records how resources change any more"),
    "AWS::EC2::FlowLog": (Kind.ALARMS, "nobody records its flows any more"),
    "AWS::EC2::SubnetNetworkAclAssociation": (
        Kind.EXPOSURE,
        "its subnet falls back to the VPC's default network ACL",
    ),
    "AWS::EC2::SnapshotBlockPublicAccess": (Kind.EXPOSURE, "nothing blocks that snapshots are made public any more"),
    "AWS::EC2::VPCBlockPublicAccessOptions": (
        Kind.EXPOSURE,
        "nothing blocks the ways between VPCs and the internet any more",
    ),
    "AWS::EC2::VPCEncryptionControl": (Kind.EXPOSURE, "nothing asks for encryption in the VPC any more"),
    "AWS::GuardDuty::Detector": (Kind.ALARMS, "nobody notices threats any more"),
    "AWS::Macie::Session": (Kind.ALARMS, "nobody notices sensitive data in buckets any more"),
    "AWS::NetworkFirewall::Firewall": (Kind.EXPOSURE, "it inspects nothing any more"),
    "AWS::NetworkFirewall::LoggingConfiguration": (Kind.ALARMS, "the firewall records nothing any more"),
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": (
        Kind.EXPOSURE,
        "its rules are not asked about names any more",
    ),
    "AWS::Route53Resolver::ResolverDNSSECConfig": (Kind.EXPOSURE, "signatures of answers are not checked any more"),
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": (
        Kind.ALARMS,
        "nobody records which names are asked for any more",
    ),
    "AWS::SecretsManager::RotationSchedule": (Kind.ENCRYPTION, "its secret stays the same"),
    "AWS::SecurityHub::Hub": (Kind.ALARMS, "nobody gathers findings any more"),
    "AWS::Shield::Protection": (Kind.EXPOSURE, "Shield Advanced does not protect it any more"),
    "AWS::WAFv2::LoggingConfiguration": (Kind.ALARMS, "the web ACL records nothing any more"),
    "AWS::WAFv2::WebACLAssociation": (Kind.EXPOSURE, "no web ACL is asked about requests any more"),
}
"""Resources that guard others by being there, and what is lost with them."""

GUARDED = (
    *("SubnetId", "VpcId", "ResourceArn", "ResourceId", "SecretId", "FirewallArn", "BackupPlanId"),
    *("ResolverQueryLogConfigId",),
)
"""The properties that say what such a resource guards."""
